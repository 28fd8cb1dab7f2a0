import Corpus

extension PassageDocument {
    static var schema: JSONSchema {
        .object(
            required: [
                "chunk_id": .integer, "document_id": .text, "title": .text, "space_key": .text,
                "space_name": .text, "kind": .choice(Document.Kind.allCases.map(\.rawValue)),
                "heading_path": .list(of: .text),
                "ancestors": .list(of: .object(required: ["id": .text, "title": .text])),
                "labels": .list(of: .text), "url": .text.orNull, "anchor": .text.orNull,
                "author": .text.orNull, "updated_at": .time.orNull, "text": .text,
            ],
            optional: [
                "insights": insights.described("what a service found out about the text at ingest"),
                "marker": JSONSchema.integer.described("the number in the answer's text"),
                "quote_ranges": ranges.described("where “text” bears the answer out"),
                "score": .number, "snippet": .text,
                "highlights": ranges.described("the question's words in “snippet”"),
                "why": .object(required: ranks.merging(["fused_score": .number]) { first, _ in first }),
                "copies": JSONSchema.list(of: copy).described(
                    "further results that say the same; each takes a place in the page of results"),
                "before": .text, "after": .text,
                "section": JSONSchema.text.described("the section that the passage is part of"),
            ]
        ).named("Passage")
    }

    private static var insights: JSONSchema {
        .object(required: [
            "language": .text.orNull, "sentiment": .text.orNull,
            "entities": .list(of: .object(required: ["text": .text, "type": .text])),
            "key_phrases": .list(of: .text),
        ]).named("Insights")
    }

    private static var copy: JSONSchema {
        .object(required: [
            "chunk_id": .integer, "document_id": .text, "title": .text, "space_key": .text,
            "space_name": .text, "url": .text.orNull,
        ]).named("Copy")
    }

    /// How both ways of searching saw a passage; null where one did not find it.
    static var ranks: [String: JSONSchema] {
        [
            "vector_rank": .integer.orNull, "vector_score": .number.orNull, "keyword_rank": .integer.orNull,
            "keyword_score": .number.orNull,
        ]
    }

    /// `[start, end)` in UTF-16 code units.
    private static var ranges: JSONSchema {
        .list(of: JSONSchema.list(of: .integer, count: 2...2).named("UTF16Range"))
    }
}
