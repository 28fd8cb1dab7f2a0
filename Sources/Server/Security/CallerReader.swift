import Corpus
import Foundation
import HTTPTypes

/// Finds out who asks.
///
/// A request may name its principals in `X-Millrace-Principals`, which is believed only when it was made on
/// this machine: the connection's other end is loopback, the `Host` is a loopback name (a page that rebinds
/// its own name to 127.0.0.1 sends that name), and no proxy says that it passes on somebody else's request.
struct CallerReader: Sendable {
    let defaultReader: Reader

    /// - Throws: ``RequestFault``.
    func reader(of request: APIRequest) throws(RequestFault) -> Reader {
        let fields = request.headers[values: .principals]
        guard !fields.isEmpty else { return defaultReader }
        if let reason = Self.distrust(of: request) { throw .principalsNotAllowed(reason: reason) }
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

    /// Why a request may not have been made on this machine; `nil` when it was.
    static func distrust(of request: APIRequest) -> String? {
        guard let peer = request.peer, HostName(peer).isLoopback else {
            return "this request comes from another one"
        }
        guard let host = request.host, HostName(host).isLoopback else {
            return "this request is addressed to another name than localhost"
        }
        let passedOn: [HTTPField.Name] = [.forwarded, .forwardedFor, .realIP]
        guard !passedOn.contains(where: { request.headers[$0] != nil }) else {
            return "this request was passed on by a proxy"
        }
        return nil
    }
}
