/// Reads what was changed after a position, page by page.
struct JournalReader {
    enum Part {
        /// Points of whole changes, and the number that is reached with them.
        case rows([JournalRow], through: Int64, nextSlot: UInt64)
        /// Nothing comes after what was read.
        case end
        /// What came after the position is not remembered any more.
        case gap
    }

    /// Points of one page: vectors and payloads of at most some dozens of megabytes.
    static let pageSize = 1_024

    private let journal: any CollectionJournal
    private let collection: JournaledCollection.ID
    private let pageSize: Int
    /// Whether whoever reads shows the points only at the end, so that a change may come in parts.
    private let isWhole: Bool
    private var place: JournalPlace
    /// How far whoever reads is.
    private var position: Int64
    /// Up to which number it is known what was removed.
    private var base: Int64?
    /// Read, of a change of which there may be more.
    private var held: [JournalRow] = []
    private var isOver = false

    /// Reads on from a change.
    init(
        _ journal: any CollectionJournal, _ collection: JournaledCollection.ID, after position: Int64,
        pageSize: Int = JournalReader.pageSize
    ) {
        self.init(journal, collection, .behind(position), base: position, isWhole: false, pageSize)
    }

    /// Reads all of a collection.
    init(
        whole journal: any CollectionJournal, _ collection: JournaledCollection.ID,
        pageSize: Int = JournalReader.pageSize
    ) {
        self.init(journal, collection, .beginning, base: nil, isWhole: true, pageSize)
    }

    private init(
        _ journal: any CollectionJournal, _ collection: JournaledCollection.ID, _ place: JournalPlace,
        base: Int64?, isWhole: Bool, _ pageSize: Int
    ) {
        self.journal = journal
        self.collection = collection
        self.place = place
        self.base = base
        self.isWhole = isWhole
        self.pageSize = pageSize
        position = place.sequence
    }

    mutating func next() async throws(CollectionError) -> Part {
        while !isOver {
            let found = try await journal.page(of: collection, after: place, since: base, limit: pageSize)
            guard let page = found else { return .gap }
            // What went before this moment was never read, so nobody has to tell that it did.
            if base == nil { base = page.sequence }
            held += page.rows
            if let last = held.last {
                place = JournalPlace(sequence: last.sequence, slot: Int64(bitPattern: last.slot))
            }
            if page.isLast {
                isOver = true
                guard !held.isEmpty || page.sequence > position || isWhole else { return .end }
                return taken(held.count, through: page.sequence, page)
            }
            let count = isWhole ? held.count : held.prefix { $0.sequence < place.sequence }.count
            guard count > 0 else { continue }
            return taken(count, through: held[count - 1].sequence, page)
        }
        return .end
    }

    private mutating func taken(_ count: Int, through sequence: Int64, _ page: JournalPage) -> Part {
        let rows = Array(held.prefix(count))
        held.removeFirst(count)
        position = sequence
        return .rows(rows, through: sequence, nextSlot: page.nextSlot)
    }
}
