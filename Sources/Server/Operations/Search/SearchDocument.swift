import QA

/// The response of `POST /v1/search`.
struct SearchDocument: ResponseDocument {
    struct Facet: Encodable, Sendable {
        var value: String
        var name: String
        var count: Int

        init(_ facet: FacetValue) {
            value = facet.value
            name = facet.name
            count = facet.count
        }
    }

    struct Facets: Encodable, Sendable {
        var spaces: [Facet]
        var labels: [Facet]
        var authors: [Facet]
        var kinds: [Facet]
    }

    var query: String
    var mode: String
    var sort: String
    var count: Int
    var results: [PassageDocument]
    var facets: Facets
    var tookMs: Double

    static var schema: JSONSchema {
        let facet = JSONSchema.list(
            of: .object(required: ["value": .text, "name": .text, "count": .integer]).named("Facet"))
        return .object(required: [
            "query": .text, "mode": .choice(SearchMode.allCases.map(\.rawValue)),
            "sort": .choice(SearchOrder.allCases.map(\.rawValue)),
            "count": JSONSchema.integer.described("documents that were ranked in all"),
            "results": .list(of: PassageDocument.schema),
            "facets": .object(required: [
                "spaces": facet, "labels": facet, "authors": facet, "kinds": facet,
            ]),
            "took_ms": .number,
        ]).named("SearchResponse")
    }

    init(_ results: SearchResults, request: SearchRequest) {
        query = request.text
        mode = request.mode.rawValue
        sort = request.order.rawValue
        count = results.count
        self.results = results.hits.map { PassageDocument($0) }
        facets = Facets(
            spaces: results.facets.spaces.map { Facet($0) }, labels: results.facets.labels.map { Facet($0) },
            authors: results.facets.authors.map { Facet($0) }, kinds: results.facets.kinds.map { Facet($0) })
        tookMs = results.milliseconds
    }
}
