import AsyncAlgorithms
import Concurrency

/// A payload that can be read once. Where it reaches several inputs, the plan shares it among them.
public protocol StreamPayload: Payload {
    /// As many streams of the same elements.
    ///
    /// The fastest reader waits for the slowest, ``streamWindow`` elements ahead of it at most; one that is
    /// dropped is no longer waited for.
    func shared(by count: Int) -> [any Payload]
}

/// Elements that the readers of a shared stream may be apart.
public let streamWindow = 16

extension PulledSequence: Payload where Element: Payload {
    public static var payloadName: String { "stream of \(Element.payloadName)" }
}

extension PulledSequence: StreamPayload where Element: Payload {
    public func shared(by count: Int) -> [any Payload] {
        let source = self.share(bufferingPolicy: .bounded(streamWindow))
        return (0..<count).map { _ in
            // Made now: an iterator that is made later would miss what the others have read.
            let reader = ExclusiveIterator(source.makeAsyncIterator())
            return PulledSequence<Element> { { try await reader.next() } }
        }
    }
}
