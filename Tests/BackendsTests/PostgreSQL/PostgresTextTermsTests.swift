import Backends
import Concurrency
import TestSupport
import Testing
import Text
import TextIndex
import VectorIndex

@Suite(.timeLimit(.minutes(2))) struct `Terms in PostgreSQL` {
    private func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    { try await TextConformance.thread.run(body) }

    // MARK: The analyzer's

    private static func passage(_ id: Int64, _ title: String, _ body: String, _ labels: [String] = [])
        -> TextDocument
    {
        TextDocument(
            PassageText(
                id: id, title: title, headingPath: ["Guide", title], body: body, labels: labels, page: body))
    }

    private static let passages = [
        passage(
            1, "Gateway errors",
            """
            When the balancer gives up, clients see `ERR_CONN_RESET_7741`. Restart the relay and wait.
            Code `E-2290` means that the tariff table is stale. Exit status 0x80070057 means a bad argument.
            """, ["runbook"]),
        passage(
            2, "Helper functions",
            """
            Call `atomic_write_json` before the swap. The method getUserById reads the profile cache. See also
            parseHTMLResponse and `__init__`.
            """),
        passage(3, "仓库手册", "入库流程由仓库主管批准。退货必须在七天内登记。用户身份由门禁卡确认。步骤2 重跑gen-itgc后清零。"),
        passage(
            4, "Urlaubsregelung",
            "Die Führungskraft genehmigt Urlaubsanträge. Überstunden werden in der Straße 4 erfasst."),
        passage(5, "How it is", "This is what it is and how it was. It isn't O'Brien's \"mill\\race\"."),
    ]

    @Test(arguments: [
        ("退货", 1), ("用户身份", 1), ("itgc", 1), ("STRASSE", 1), ("urlaubsantrag", 1), ("uberstunden", 1),
        ("parse html response", 1), ("get user by id", 1), ("atomic write json", 1), ("E2290", 1),
        ("err_conn_reset_7741", 1), ("0x80070057", 1), ("clients restarted the relays", 1), ("runbook", 1),
        ("\"tariff table\"", 1), ("\"table tariff\"", 0), ("how is it", 1), ("what was it", 1),
        ("O'Brien", 1), ("guide", 5), ("nothing of this", 0), ("a & b | !c <-> 'd':*", 0),
    ])
    func `are cut by the analyzer, and found as in the index of this process`(
        text: String, least: Int
    ) async throws {
        let both = try TextConformance(try await PostgresServer.shared(.v18).words())
        try await both.upsert(Self.passages)
        let query = TextQuery(QueryAnalysis(text))
        try await both.expectSame(query, filter: nil, limits: [1, 10], text)
        try await both.expectSame(query, filter: IDBitmap([2, 4]), limits: [10], text)
        let count = try both.local.search(query, limit: 10).count
        #expect(count >= least, "\(count)")
    }

    @Test(arguments: ["gate", "atomic_wri", "退", "urlaubsan", "restart the rel", "zzz"])
    func `are found by the beginning of the last word`(text: String) async throws {
        let both = try TextConformance(try await PostgresServer.shared(.v16).words())
        try await both.upsert(Self.passages)
        let query = TextQuery(QueryAnalysis(text, completesLastWord: true))
        try await both.expectSame(query, filter: nil, limits: [1, 10], text)
        if text != "退" { #expect(try both.local.search(query, limit: 10).isEmpty == (text == "zzz")) }
    }

    // MARK: What a server's own syntax would make of them

    @Test(arguments: PostgresServer.Version.allCases)
    func `are kept as they are, whatever characters they have`(version: PostgresServer.Version) async throws {
        let both = try TextConformance(try await PostgresServer.shared(version).words())
        let terms = [
            "'", "''", "\\", "\\'", "a'b", "a\\b", "'\u{301}", "\\\u{301}x", "a b", " ", "a:1A,2B", "a:*",
            "!a", "(a",
            "<->", "|", "\u{0}", "e\u{301}", "\u{e9}", "👩‍🚀", "\u{10FFFF}", "\u{D7FF}", "\u{E000}", "\t\n", "0",
            "-1", "'; DROP TABLE word_table; --",
        ]
        try await both.upsert(terms.enumerated().map { titled(UInt64($0), "x", $1, "y") })
        for (number, term) in terms.enumerated() {
            let queries = [
                TextQuery(terms: [term]),
                TextQuery(groups: [], phrases: [TextQuery.Phrase(["x", term, "y"])]),
                TextQuery(groups: [TextQuery.Group("x")], excluded: [term]),
                TextQuery(groups: [TextQuery.Group([], prefix: TextQuery.Prefix(term))]),
            ]
            for query in queries {
                try await both.expectSame(query, filter: nil, limits: [1, 100], "term \(number)")
            }
            let found = try await waiting { try both.store.search(queries[1], limit: 9).map(\.id) }
            #expect(found == [UInt64(number)])
        }
    }

    @Test func `stand with the weights A to D of title, headings, body and labels`() async throws {
        let server = try PostgresServer.shared(.v18)
        let schema = PostgresServer.freshSchema()
        let store = try await server.words(schema: schema)
        @Sendable func field(_ terms: String...) -> TextField {
            TextField(terms.enumerated().map { TermOccurrence($1, at: UInt32($0)) })
        }
        try await waiting { () throws -> Void in
            try store.upsert([
                TextDocument(
                    id: 8,
                    fields: [field("mill"), field("mill", "race"), field("a", "mill", "b"), field("mill")])
            ])
        }
        let pool = server.pool(size: 1, schema: schema)
        let text = try await pool.withConnection { db in
            let name = try db.query("SELECT name FROM word_table").first?.text(0) ?? ""
            return try db.query("SELECT terms::text FROM \(name)").first?.text(0)
        }
        // The shortest first, 64 apart; D is written as no letter.
        #expect(text == "'a':197C 'b':199C 'mill':1A,66,131B,198C 'race':132B")
        // A phrase is in one field.
        try await waiting { () throws -> Void in
            #expect(
                try store.matchCount(TextQuery(groups: [], phrases: [.init(["mill", "race"])]), filter: nil)
                    == 1)
            #expect(
                try store.matchCount(TextQuery(groups: [], phrases: [.init(["mill", "mill"])]), filter: nil)
                    == 0)
        }
    }

    // MARK: What a tsvector cannot hold

    @Test(arguments: PostgresServer.Version.allCases)
    func `that are too long, too many or too far behind are left out without a word`(
        version: PostgresServer.Version
    ) async throws {
        let store = try await PostgresServer.shared(version).words()
        @Sendable func body(_ id: UInt64, _ terms: [String]) -> TextDocument {
            let field = TextField(
                terms.enumerated().map { TermOccurrence($1, at: UInt32($0)) }, length: 60_000)
            return TextDocument(
                id: id, fields: [titled(id, "title").fields[0], TextField(), field, TextField()])
        }
        let long = String(repeating: "x", count: 2_047)
        try await waiting { () throws -> Void in
            try store.upsert([
                body(1, [long, "short", String(long.dropLast())]),
                body(2, (0..<40_000).map { "word-number-\($0)-of-very-many" }),
                body(3, (0..<60_000).map { $0 % 3 == 0 ? "often" : "other" }),
                body(4, (0..<60_000).map { "t\($0)" }),
            ])
            func found(_ term: String) throws -> [UInt64] {
                try store.search(TextQuery(terms: [term]), limit: 9).map(\.id)
            }
            #expect(try found(long) == [])
            #expect(try found(String(long.dropLast())) == [1])
            #expect(try found("short") == [1])
            #expect(Set(try found("title")) == [1, 2, 3, 4])
            #expect(try found("word-number-7-of-very-many") == [2])
            #expect(try found("word-number-39999-of-very-many") == [], "no room")
            #expect(try found("often") == [3])
            #expect(try found("t59999") == [4], "behind the last position, and there")
            #expect(
                try store.matchCount(TextQuery(groups: [], phrases: [.init(["t7", "t8"])]), filter: nil) == 1)
            try store.remove([1, 2, 3, 4])
            #expect(store.count == 0)
            #expect(try store.documentFrequency(of: "t59999") == 0)
        }
    }
}
