import Text

extension TextDocument {
    /// Goes up with every change of what ``init(_:)`` gives for the same terms of the ``Analyzer``.
    private static let rulesVersion = 1
    /// Names what passages are cut into: an index that was built of another one must be built anew.
    public static let passageRules = "\(Analyzer.version).\(rulesVersion)"

    /// Positions between two headings or labels, so that no phrase reaches from one into the next.
    private static let gap = 16

    /// A passage as ``TextFormat/passages`` has it: title, heading path, body and labels.
    ///
    /// Titles, headings and labels are too short to tell their language, so they are taken to be in their page's; so
    /// is a body that tells none.
    public init(_ passage: PassageText) {
        let analyzer = Analyzer()
        let page = analyzer.languages(of: passage.pageBeginning)
        let own = analyzer.languages(of: passage.body)
        func field(_ texts: [String], _ languages: [Language]) -> TextField {
            Self.field(texts.map { analyzer.tokens(of: $0, languages: languages) })
        }
        self.init(
            id: UInt64(bitPattern: passage.id),
            fields: [
                field([passage.title], page), field(passage.headingPath, page),
                field([passage.body], own.isEmpty ? page : own),
                field(Set(passage.labels).sorted(), page),
            ])
    }

    /// Texts one behind the other. What is longer than a field may be is left out: it is no passage.
    private static func field(_ texts: [[Token]]) -> TextField {
        var occurrences: [TermOccurrence] = []
        occurrences.reserveCapacity(texts.reduce(0) { $0 + $1.count })
        var (start, length) = (0, 0)
        for tokens in texts {
            let positions = tokens.last.map { $0.position + 1 } ?? 0
            guard length + positions <= lengthLimit else { break }
            for token in tokens {
                occurrences.append(
                    TermOccurrence(token.term, at: UInt32(truncatingIfNeeded: start + token.position)))
            }
            length += positions
            start += positions + gap
        }
        return TextField(occurrences, length: length)
    }
}
