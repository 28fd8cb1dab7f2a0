import Foundation
import JSONValue

/// An upload that may be resumed, or what became of it.
struct UploadDocument: ResponseDocument {
    var id: String
    var operation: String
    var complete: Bool
    var offset: Int
    @Nullable var length: Int?
    var limit: Int
    var createdAt: Date
    var expiresAt: Date
    @Nullable var status: Int?
    @Nullable var location: String?
    @Nullable var result: JSONValue?

    init(_ upload: UploadRecord) {
        id = upload.id
        operation = upload.operation
        complete = upload.isComplete
        offset = upload.offset
        length = upload.length
        limit = upload.limitBytes
        createdAt = upload.createdAt
        expiresAt = upload.expiresAt
        status = upload.outcome?.status
        location = upload.outcome?.location
        result = upload.outcome?.body.flatMap { try? JSONDecoder().decode(JSONValue.self, from: $0) }
    }

    static var schema: JSONSchema {
        .object(required: [
            "id": .text,
            "operation": .text.described("the id of the operation that the bytes are for"),
            "complete": .flag, "offset": .integer.described("bytes that need not be sent again"),
            "length": .integer.orNull.described("bytes of the whole; null until that is said"),
            "limit": .integer.described("bytes that the whole may have"), "created_at": .time,
            "expires_at": .time,
            "status": .integer.orNull.described("of the response to the whole; null until there is one"),
            "location": .text.orNull.described("of that response"),
            "result": .anyOf([.anyObject, JSONSchema(["type": "null"])]).described(
                "the JSON of that response"),
        ]).named("Upload")
    }
}
