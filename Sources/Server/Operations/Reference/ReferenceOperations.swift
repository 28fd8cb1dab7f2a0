import HTTPTypes

/// `GET /docs`: the API as people read it.
enum ReferenceOperations {
    /// `operations` with the pages that describe them.
    static func adding(to operations: [Operation]) -> [Operation] {
        let book = ReferenceBook(operations)
        return operations + [
            page("docs", "/docs", inputs: .conditions) { conditions in try tell("", book, conditions) },
            page(
                "docsPart", "/docs/{part}",
                inputs: Inputs.path("part", .text, "a part of the API").and(.conditions)
            ) { input in try tell(input.0, book, input.1) },
        ]
    }

    private static func page<Input: Sendable>(
        _ id: String, _ path: String, inputs: Inputs<Input>,
        handle: @escaping @Sendable (Input) throws -> APIResponse
    ) -> Operation {
        .open(
            id, .get, path, summary: "the reference of the API", isListed: false, inputs: inputs,
            responses: [
                .bytes(ReferencePage.contentType, "a page"), .part(ReferencePage.contentType), .notModified,
            ],
            problems: [.notFound, .unsatisfiableRange]
        ) { try handle($0) }
    }

    private static func tell(
        _ part: String, _ book: ReferenceBook, _ conditions: RequestConditions
    ) throws(RequestFault) -> APIResponse {
        guard let page = book.page(part) else { throw .notFound(path: "/docs/\(part.prefix(100))") }
        return try page.response(
            to: conditions, headers: [.contentSecurityPolicy: SecurityHeaders.readingPolicy])
    }
}
