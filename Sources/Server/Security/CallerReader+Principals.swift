import Corpus
import Foundation
import HTTPTypes

extension CallerReader {
    /// Whom the principals header names; `nil` without one.
    func namedReader(of request: APIRequest) throws(RequestFault) -> Reader? {
        let fields = request.headers[values: .principals]
        guard !fields.isEmpty else { return nil }
        if let reason = Self.distrust(of: request) {
            throw .principalsNotAllowed(reason: "it is believed from this machine only, and \(reason)")
        }
        var principals: [Principal] = []
        let parts: [String]
        do {
            parts = try PrincipalList.parts(fields.joined(separator: ","))
        } catch {
            switch error {
            case .quotes(let part), .notAPrincipal(let part): throw .malformedPrincipal(part)
            }
        }
        for written in parts {
            guard let text = written.removingPercentEncoding, let principal = Principal(text) else {
                throw .malformedPrincipal(String(written.prefix(100)))
            }
            principals.append(principal)
        }
        return Reader(principals)
    }

    /// Why a request may not have been made on this machine; `nil` when it was, as far as can be told: the
    /// connection's other end is loopback, the `Host` is a loopback name (a page that rebinds its own name to
    /// 127.0.0.1 sends that name), and no proxy says that it passes on somebody else's request.
    static func distrust(of request: APIRequest) -> String? {
        guard let peer = request.peer, HostName(peer).isLoopback else {
            return "this request comes from another one"
        }
        guard let host = request.host, HostName(host).isLoopback else {
            return "this request is addressed to another name than localhost"
        }
        guard !request.headers.contains(where: { isMarkOfProxy($0.name) }) else {
            return "this request was passed on by a proxy"
        }
        return nil
    }

    /// Whether a header is one that proxies and content networks add.
    private static func isMarkOfProxy(_ name: HTTPField.Name) -> Bool {
        let lowered = name.canonicalName
        return proxyMarks.contains(lowered) || proxyPrefixes.contains { lowered.hasPrefix($0) }
    }

    private static let proxyMarks: Set<String> = [
        "forwarded", "via", "x-real-ip", "true-client-ip", "fastly-client-ip", "x-client-ip",
        "x-cluster-client-ip", "x-envoy-external-address", "x-original-host", "x-original-url",
        "x-amzn-oidc-identity", "cdn-loop", "client-ip", "x-azure-clientip",
    ]
    private static let proxyPrefixes = ["x-forwarded", "cf-", "x-envoy-", "x-arr-"]
}
