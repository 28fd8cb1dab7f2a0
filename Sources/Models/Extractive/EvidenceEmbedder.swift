/// A passage that is embedded with its units of evidence.
public struct EvidencePassage: Sendable, Hashable {
    public var text: String
    /// UTF-8 byte ranges of ``text``.
    public var units: [Range<Int>]

    public init(text: String, units: [Range<Int>]) {
        self.text = text
        self.units = units
    }
}

/// A passage's vector with those of its units, each of length 1.
public struct EvidenceEmbedding: Sendable, Hashable {
    public var vector: [Float]
    /// One a unit, in order.
    public var units: [[Float]]

    public init(vector: [Float], units: [[Float]]) {
        self.vector = vector
        self.units = units
    }
}

/// An embedder that tells the vectors of a passage's parts from the pass that embeds the whole.
public protocol EvidenceEmbedder: Embedder {
    /// The passages' vectors, equal to those of ``Embedder/embed(_:purpose:)``, with their units'. A unit that the
    /// model does not read, because the passage is too long, has the passage's vector.
    func embed(_ passages: [EvidencePassage]) async throws -> [EvidenceEmbedding]
}
