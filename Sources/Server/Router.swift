import Foundation
import HTTPTypes

/// One thing that the server can do, as a plain value.
struct Route: Sendable {
    typealias Handler = @Sendable (APIRequest, _ parameters: [String: String]) async throws -> APIResponse

    let method: HTTPRequest.Method
    /// Segments in braces stand for any text: `/v1/flows/{name}/run`.
    let pattern: String
    let handle: Handler
    private let segments: [Substring]

    init(_ method: HTTPRequest.Method, _ pattern: String, handle: @escaping Handler) {
        self.method = method
        self.pattern = pattern
        self.handle = handle
        segments = Self.segments(of: pattern)
    }

    /// The values of the pattern's braces, or `nil` when `path` is another.
    func parameters(of path: String) -> [String: String]? {
        let parts = Self.segments(of: path)
        guard parts.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            if segment.hasPrefix("{"), segment.hasSuffix("}") {
                guard let value = part.removingPercentEncoding, !value.isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = value
            } else if segment != part {
                return nil
            }
        }
        return parameters
    }

    private static func segments(of path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}

/// Finds the route of a request.
struct Router: Sendable {
    struct Match: Sendable {
        var route: Route
        var parameters: [String: String]
    }

    let routes: [Route]

    /// `HEAD` is answered by the route of `GET`.
    ///
    /// - Throws: ``RequestFault/notFound(path:)`` or ``RequestFault/methodNotAllowed(method:allowed:)``.
    func match(method: HTTPRequest.Method, path: String) throws(RequestFault) -> Match {
        let wanted = method == .head ? .get : method
        let matches = routes.compactMap { route in
            route.parameters(of: path).map { Match(route: route, parameters: $0) }
        }
        guard !matches.isEmpty else { throw .notFound(path: String(path.prefix(200))) }
        guard let match = matches.first(where: { $0.route.method == wanted }) else {
            let methods = matches.map(\.route.method.rawValue)
            let allowed = Set(methods + (methods.contains("GET") ? ["HEAD"] : []))
            throw .methodNotAllowed(method: String(method.rawValue.prefix(20)), allowed: allowed.sorted())
        }
        return match
    }
}
