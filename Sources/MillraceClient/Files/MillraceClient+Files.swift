import Foundation

private struct FileList: Decodable, Sendable {
    var files: [String]
}

extension MillraceClient {
    /// Sends a file to a flow, whose runs for this caller can read it, in the place of one of its name.
    ///
    /// - Parameters:
    ///   - data: at most 16 MiB.
    ///   - name: 1 to 255 bytes, without quotation marks, slashes and control characters.
    ///   - flow: the flow's id, endpoint or name.
    public func upload(_ data: Data, named name: String, toFlow flow: String) async throws {
        var call = Call(.post, "api", "v1", "files", "upload", flow)
        // The file of that name is replaced as a whole, so sending it again changes nothing.
        call.isIdempotent = true
        call.body = try MultipartForm.file(data, named: name)
        _ = try await connection.data(of: call)
    }

    /// The names of a flow's files of this caller.
    public func files(ofFlow flow: String) async throws -> [String] {
        try await connection.value(FileList.self, of: Call(.get, "api", "v1", "files", "list", flow)).files
    }

    /// A file's bytes.
    public func download(_ name: String, fromFlow flow: String) async throws -> Data {
        var call = Call(.get, "api", "v1", "files", "download", flow, name)
        call.accept = "*/*"
        return try await connection.data(of: call)
    }

    /// Deletes a file.
    public func deleteFile(_ name: String, ofFlow flow: String) async throws {
        try await connection.delete(Call(.delete, "api", "v1", "files", "delete", flow, name))
    }
}

/// A form of one file (RFC 7578).
enum MultipartForm {
    /// - Throws: ``MillraceError/invalidRequest(reason:)`` for a name that a header cannot carry.
    static func file(_ data: Data, named name: String) throws -> Call.Body {
        let isPlain = name.unicodeScalars.allSatisfy {
            $0.value >= 32 && $0 != "\"" && $0 != "/" && $0 != "\\"
        }
        guard !name.isEmpty, name.utf8.count <= 255, isPlain else {
            throw MillraceError.invalidRequest(
                reason:
                    "A file's name has 1 to 255 bytes, without quotation marks, slashes and control characters"
            )
        }
        // 122 random bits: no file holds them by chance, and none can be made to.
        let boundary = "millrace-\(UUID().uuidString)"
        var body = Data()
        body.append(
            contentsOf: """
                --\(boundary)\r
                Content-Disposition: form-data; name="file"; filename="\(name)"\r
                Content-Type: application/octet-stream\r
                \r\n
                """.utf8)
        body.append(data)
        body.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
        return Call.Body(type: "multipart/form-data; boundary=\(boundary)", data: body)
    }
}
