import Text

/// A page as one string, with the places in it where it may be cut.
///
/// The chunker works on this alone; it never sees the block tree.
public struct RenderedText: Hashable, Sendable {
    /// The smallest piece that reads by itself: a paragraph, a list item, a table row, a block of code.
    public struct Unit: Hashable, Sendable {
        public var kind: Chunk.Kind
        /// UTF-8 byte range in ``RenderedText/text``. Units are in order and do not overlap; between
        /// neighbours lies only white space or text that repeats (a table's header row).
        public var range: Range<Int>
        /// Index into ``RenderedText/sections``.
        public var section: Int
        /// Units of one table, list or block of code share a number; `nil` for a plain paragraph.
        public var group: Int?
        /// What a chunk that begins inside the group repeats before this unit: a table's header row, a
        /// list's lead-in sentence; empty when there is none.
        public var lead: String

        public init(kind: Chunk.Kind, range: Range<Int>, section: Int, group: Int? = nil, lead: String = "") {
            self.kind = kind
            self.range = range
            self.section = section
            self.group = group
            self.lead = lead
        }
    }

    /// A heading and what stands under it, up to the next heading.
    public struct Section: Hashable, Sendable {
        /// Outermost heading first, of each at most 300 characters; empty before the first
        /// heading.
        public var headingPath: [String]
        /// The fragment that opens the page here, as Confluence makes it from the heading.
        public var anchor: String?

        /// Every passage below a heading repeats it: a page that is one long heading must not be repeated.
        static let maxHeadingLength = 300

        /// - Parameter headingPath: whole; what is too long to be repeated is cut.
        public init(headingPath: [String], anchor: String?) {
            self.headingPath = headingPath.map { heading in
                heading.utf8.count <= Self.maxHeadingLength
                    ? heading : String(heading.unicodeScalars.prefix(Self.maxHeadingLength))
            }
            self.anchor = anchor
        }
    }

    public var text: String
    public var sections: [Section]
    public var units: [Unit]

    /// Of a document without text.
    package static let empty = RenderedText(text: "", sections: [], units: [])

    public init(text: String, sections: [Section], units: [Unit]) {
        self.text = text
        self.sections = sections
        self.units = units
    }
}

/// Names what a body only refers to by key.
public protocol ReferenceResolver: Sendable {
    /// A person's display name, or `nil` when it is not known.
    func displayName(of user: UserReference) -> String?
}

/// Resolves nothing: a person stays an unnamed person.
public struct NoReferences: ReferenceResolver {
    public init() {}
    public func displayName(of user: UserReference) -> String? { nil }
}
