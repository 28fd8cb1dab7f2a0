/// Where a document stands and what is pinned to it: all of it changes without a new version.
public struct DocumentPlace: Hashable, Sendable {
    public var spaceKey: String
    public var ancestors: [Ancestor]
    /// In order; `nil` when the source does not say.
    public var labels: [String]?
    /// `nil` when the source does not say.
    public var url: String?

    public init(spaceKey: String, ancestors: [Ancestor], labels: [String]? = nil, url: String? = nil) {
        self.spaceKey = spaceKey
        self.ancestors = ancestors
        self.labels = labels.map { Set($0).sorted() }
        self.url = url
    }

    public init(of document: Document) {
        self.init(
            spaceKey: document.spaceKey, ancestors: document.ancestors, labels: document.labels,
            url: document.url)
    }

    /// Whether `stored` already says everything that this one says.
    public func isCovered(by stored: DocumentPlace) -> Bool {
        spaceKey == stored.spaceKey && ancestors == stored.ancestors
            && (labels == nil || labels == stored.labels) && (url == nil || url == stored.url)
    }
}
