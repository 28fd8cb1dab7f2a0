import HTTPTypes

/// The page at `/` and its files.
enum PageOperations {
    static func operations(_ files: [WebFile] = WebFile.all) -> [Operation] {
        files.map { file in
            .open(
                "page:\(file.path)", .get, file.path, summary: "a file of the page", isListed: false,
                inputs: .conditions,
                responses: [.bytes(file.content.contentType, "the file"), .notModified],
                problems: [.unsatisfiableRange]
            ) { conditions in
                try file.content.response(
                    to: conditions, headers: [.contentSecurityPolicy: SecurityHeaders.pagePolicy])
            }
        }
    }
}
