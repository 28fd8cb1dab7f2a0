import Testing

@testable import Components

@Suite struct `Queries to arXiv` {
    @Test(arguments: [
        ("attention", ArXivService.Field.all, "all:attention"),
        ("neural  nets", .title, "ti:neural AND ti:nets"),
        (#"graph "neural networks" now"#, .abstract, #"abs:graph AND abs:"neural networks" AND abs:now"#),
        (#"an "open quote"#, .all, "all:an AND all:open AND all:quote"),
        ("(ti:x)", .author, "au:ti AND au:x"), ("cs.CL", .category, "cat:cs.CL"),
        (#""one""#, .all, "all:one"),
    ])
    func `every word and phrase must be in the field`(
        query: String, field: ArXivService.Field, expected: String
    ) {
        #expect(ArXivService.expression(query, field) == expected)
    }
}
