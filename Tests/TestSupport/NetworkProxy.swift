import Foundation
import Synchronization

/// A network in front of a server on loopback, which is cut, held and slowed when it is told so; see `tcp_proxy.py`.
public final class NetworkProxy: Sendable {
    /// What happens to a connection on which so many bytes have come.
    public struct Cut: Sendable, CustomStringConvertible {
        public enum Kind: String, Sendable, CaseIterable {
            case reset
            /// As by a server that goes in good order.
            case end
            /// It stays open, and nothing more passes, either way.
            case hole
        }

        public enum Side: String, Sendable, CaseIterable {
            case request, answer
        }

        public var kind: Kind
        public var side: Side
        /// Counted over all connections from when it is armed, and anew each time that it happens.
        public var bytes: Int
        /// How often it happens.
        public var count: Int

        public init(_ kind: Kind, _ side: Side, after bytes: Int, count: Int = 1) {
            self.kind = kind
            self.side = side
            self.bytes = bytes
            self.count = count
        }

        public var description: String { "\(kind) after \(bytes) bytes of the \(side), \(count)×" }
    }

    /// Its script is told one line at a time.
    private let script: Mutex<ChildServer>
    public let port: Int

    /// - Parameter port: the server's, on 127.0.0.1.
    public init(to port: Int) throws {
        let child = try ChildServer(script: "tcp_proxy.py", arguments: ["\(port)"])
        self.port = child.port
        script = Mutex(child)
    }

    /// Has a cut happen; what was armed before does not any more.
    public func arm(_ cut: Cut) { tell("arm \(cut.kind) \(cut.side) \(cut.bytes) \(cut.count)") }
    /// Resets every connection.
    public func cut() { tell("cut") }
    /// Takes what comes, new connections too, and passes nothing on.
    public func stall() { tell("stall") }
    /// Resets new connections.
    public func refuse() { tell("refuse") }
    /// Delays each piece.
    public func slow(_ delay: Duration) { tell("slow \(delay / .seconds(1))") }
    /// Passes so many bytes a second.
    public func choke(_ bytes: Int) { tell("choke \(bytes)") }
    /// Is again as at the beginning; what is in a hole is reset.
    public func heal() { tell("heal") }
    /// How often a cut has happened.
    public var cuts: Int { Int(tell("fired")) ?? 0 }

    @discardableResult
    private func tell(_ line: String) -> String { script.withLock { $0.tell(line) } }
}

/// Cuts at moments chosen at random, from a seed that a failing test shows: with it in `MILLRACE_CUTS_SEED` the same
/// cuts come again.
public struct RandomCuts: Sendable {
    public let seed: UInt64
    private var generator: SeededGenerator

    public init() {
        let told = ProcessInfo.processInfo.environment["MILLRACE_CUTS_SEED"]
        let seed = told.flatMap { UInt64($0) } ?? .random(in: .min ... .max)
        self.seed = seed
        generator = SeededGenerator(seed: seed)
    }

    /// - Parameters:
    ///   - request: bytes of requests after which it comes, at most.
    ///   - answer: the same of answers.
    ///   - withHoles: whether holes are among them: they are waited in, so that they are the rarest.
    public mutating func next(request: Int, answer: Int, withHoles: Bool = true) -> NetworkProxy.Cut {
        let turn = int(below: withHoles ? 8 : 7)
        let kind: NetworkProxy.Cut.Kind = turn < 4 ? .reset : turn < 7 ? .end : .hole
        let side = NetworkProxy.Cut.Side.allCases[int(below: 2)]
        let bytes = int(below: (side == .request ? request : answer) + 1)
        return NetworkProxy.Cut(kind, side, after: bytes, count: int(below: 3) == 0 ? 20 : 1)
    }

    /// A whole number from 0 to below `bound`.
    public mutating func int(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }
}
