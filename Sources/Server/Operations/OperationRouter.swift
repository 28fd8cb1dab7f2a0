import Foundation
import HTTPTypes

/// Finds the operation of a request: a trie over the segments of paths.
///
/// Hummingbird's trie is not used, because it drops empty segments: `/v1/ask/` and `//v1/ask` would reach
/// `/v1/ask`, which are 404 here, and it answers 404 where the address is known but the method is not.
struct OperationRouter: Sendable {
    struct Match: Sendable {
        var operation: Operation
        /// Percent-decoded values of the path's braces.
        var parameters: [String: String]
    }

    /// Built once; afterwards only read.
    private struct Node: Sendable {
        /// The next nodes by their literal segment.
        var literals: [Substring: Int] = [:]
        /// The next node for any other segment.
        var capture: Int?
        /// What ends here, with the names of the captures on the way.
        var operations: [(operation: Operation, names: [String])] = []
    }

    let operations: [Operation]
    private let nodes: [Node]
    /// The places of paths without braces, which come before all others: found with one look.
    private let plain: [String: Int]

    /// - Precondition: no two operations have one method and path.
    init(_ operations: [Operation]) {
        self.operations = operations
        var nodes = [Node()]
        var plain: [String: Int] = [:]
        for operation in operations {
            var place = 0
            var names: [String] = []
            for segment in Self.segments(of: operation.path) {
                let isCapture = segment.hasPrefix("{") && segment.hasSuffix("}")
                if isCapture { names.append(String(segment.dropFirst().dropLast())) }
                if let next = isCapture ? nodes[place].capture : nodes[place].literals[segment] {
                    place = next
                } else {
                    nodes.append(Node())
                    let next = nodes.count - 1
                    if isCapture {
                        nodes[place].capture = next
                    } else {
                        nodes[place].literals[segment] = next
                    }
                    place = next
                }
            }
            precondition(
                !nodes[place].operations.contains { $0.operation.method == operation.method },
                "\(operation.method) \(operation.path) is there twice")
            nodes[place].operations.append((operation, names))
            if names.isEmpty { plain[operation.path] = place }
        }
        self.nodes = nodes
        self.plain = plain
    }

    /// `HEAD` is answered by the operation of `GET`.
    ///
    /// - Throws: ``RequestFault/notFound(path:)`` or ``RequestFault/methodNotAllowed(method:allowed:)``.
    func match(method: HTTPRequest.Method, path: String) throws(RequestFault) -> Match {
        let wanted = method == .head ? .get : method
        if let place = plain[path],
            let known = nodes[place].operations.first(where: { $0.operation.method == wanted })
        {
            return Match(operation: known.operation, parameters: [:])
        }
        var methods: Set<String> = []
        for (place, values) in places(of: path) {
            for (operation, names) in nodes[place].operations {
                if operation.method == wanted {
                    let parameters = Dictionary(uniqueKeysWithValues: zip(names, values))
                    return Match(operation: operation, parameters: parameters)
                }
                methods.insert(operation.method.rawValue)
            }
        }
        guard !methods.isEmpty else { throw .notFound(path: String(path.prefix(200))) }
        throw .methodNotAllowed(
            method: String(method.rawValue.prefix(20)), allowed: Self.allowed(methods))
    }

    /// What is at an address, with the methods that it knows.
    ///
    /// - Throws: ``RequestFault/notFound(path:)``.
    func options(at path: String) throws(RequestFault) -> (operations: [Operation], methods: [String]) {
        let operations = places(of: path).flatMap { nodes[$0.place].operations.map(\.operation) }
        guard !operations.isEmpty else { throw .notFound(path: String(path.prefix(200))) }
        return (operations, Self.allowed(Set(operations.map(\.method.rawValue))))
    }

    private static func allowed(_ methods: Set<String>) -> [String] {
        methods.union(methods.contains("GET") ? ["HEAD", "OPTIONS"] : ["OPTIONS"]).sorted()
    }

    /// The nodes at which `path` may end, literal segments before captures; at most one way a capture.
    private func places(of path: String) -> [(place: Int, values: [String])] {
        var open: [(place: Int, values: [String])] = [(0, [])]
        for segment in Self.segments(of: path) {
            var next: [(place: Int, values: [String])] = []
            for (place, values) in open {
                if let literal = nodes[place].literals[segment] { next.append((literal, values)) }
                if let capture = nodes[place].capture, let value = Self.decoded(segment), !value.isEmpty {
                    next.append((capture, values + [value]))
                }
            }
            open = next
            if open.isEmpty { break }
        }
        return open
    }

    private static func decoded(_ segment: Substring) -> String? {
        segment.utf8.contains(UInt8(ascii: "%")) ? segment.removingPercentEncoding : String(segment)
    }

    private static func segments(of path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false)
    }
}
