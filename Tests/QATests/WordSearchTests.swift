import Corpus
import Testing

@testable import QA

@Suite(.timeLimit(.minutes(2))) struct `Words of every kind` {
    private func corpus() async throws -> TestCorpus {
        let corpus = try await TestCorpus()
        try await corpus.put(
            "errors", "Gateway errors",
            """
            When the balancer gives up, clients see `ERR_CONN_RESET_7741`. Restart the relay and wait.
            Code `E-2290` means that the tariff table is stale. Exit status 0x80070057 means a bad argument.
            """)
        try await corpus.put(
            "ids", "Helper functions",
            """
            Call `atomic_write_json` before the swap. The method getUserById reads the profile cache. See also
            parseHTMLResponse and `__init__`.
            """)
        try await corpus.put("zh", "仓库手册", "入库流程由仓库主管批准。退货必须在七天内登记。用户身份由门禁卡确认。步骤2 重跑gen-itgc后清零。")
        try await corpus.put(
            "de", "Urlaubsregelung",
            "Die Führungskraft genehmigt Urlaubsanträge. Überstunden werden in der Straße 4 erfasst.")
        for number in 0..<20 {
            try await corpus.put(
                "\(number)", "Berth \(number)",
                "The crane of berth \(number) is oiled by the user in month 4.")
        }
        return corpus
    }

    static let queries = [
        ("退货", "zh"), ("用户身份", "zh"), ("itgc", "zh"), ("STRASSE", "de"), ("strasse 4", "de"),
        ("urlaubsantrag", "de"), ("uberstunden", "de"), ("parse html response", "ids"),
        ("get user by id", "ids"),
        ("atomic write json", "ids"), ("E2290", "errors"), ("err_conn_reset_7741", "errors"),
        ("0x80070057", "errors"),
    ]

    @Test(arguments: queries, [SearchMode.keyword, .hybrid])
    func `a page is found first by its words, however they are written`(
        query: (text: String, page: String), mode: SearchMode
    ) async throws {
        let corpus = try await corpus()
        let found = try await corpus.qa().search(
            try SearchRequest(query.text, mode: mode), scope: corpus.scope())
        #expect(found.hits.first?.passage.chunk.documentID == query.page)
    }

    @Test(arguments: ["\"", "AND", "NEAR(", "a\"b*", "col:word", "ü", "NOT crane", "(((a", "crane^2"])
    func `no question is taken for a query language`(question: String) async throws {
        let corpus = try await corpus()
        guard let request = try? SearchRequest(question, mode: .keyword, limit: 1) else { return }
        let found = try await corpus.qa().search(request, scope: corpus.scope())
        if question.contains("crane") {
            #expect(found.hits.first?.passage.chunk.text.contains("crane") == true)
        }
    }

    @Test func `what stands in quotes must stand in the page`() async throws {
        let corpus = try await corpus()
        let qa = try corpus.qa()
        func found(_ text: String) async throws -> [String] {
            try await qa.search(try SearchRequest(text, mode: .keyword), scope: corpus.scope()).hits
                .map(\.passage.chunk.documentID)
        }
        #expect(try await found("\"tariff table\"") == ["errors"])
        #expect(try await found("\"table tariff\"").isEmpty)
    }
}
