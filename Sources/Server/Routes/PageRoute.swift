import HTTPTypes

/// The page at `/` and its files.
enum PageRoute {
    static func routes(_ files: [WebFile] = WebFile.all) -> [Route] {
        files.map { file in
            Route(.get, file.path) { request, _ in response(file, to: request) }
        }
    }

    private static func response(_ file: WebFile, to request: APIRequest) -> APIResponse {
        let headers: HTTPFields = [
            .contentType: file.contentType, .eTag: file.tag,
            // Always asked for again: the files change with the binary, and an unchanged one costs 304.
            .cacheControl: "no-cache",
            .contentSecurityPolicy: SecurityHeaders.pagePolicy,
        ]
        let known = (request.headers[.ifNoneMatch] ?? "").split(separator: ",")
            .map { $0.trimmingPrefix { $0 == " " }.trimmingPrefix("W/") }
        if known.contains(where: { $0 == file.tag || $0 == "*" }) {
            return APIResponse(status: .notModified, headers: headers)
        }
        return APIResponse(headers: headers, body: .data(file.contents))
    }
}
