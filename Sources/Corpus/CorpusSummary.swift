/// What a reader's corpus amounts to.
public struct CorpusSummary: Hashable, Sendable {
    public struct SpaceCount: Hashable, Sendable {
        public var space: Space
        public var documents: Int

        public init(space: Space, documents: Int) {
            self.space = space
            self.documents = documents
        }
    }

    public var documents: Int
    public var chunks: Int
    public var spaces: [SpaceCount]
    /// Documents by kind; those that there are none of are left out.
    public var kinds: [Document.Kind: Int]

    public init(documents: Int, chunks: Int, spaces: [SpaceCount], kinds: [Document.Kind: Int] = [:]) {
        self.kinds = kinds
        self.documents = documents
        self.chunks = chunks
        self.spaces = spaces
    }
}
