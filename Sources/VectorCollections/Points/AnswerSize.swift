/// Adds up what an answer holds, so that it is refused before it fills the memory.
struct AnswerSize: Sendable {
    private var payloadBytes = 0

    /// - Throws: ``CollectionError/invalid(field:reason:)`` beyond ``CollectionLimits/payloadBytesPerAnswer``.
    mutating func add(_ payload: Payload?, field: String) throws(CollectionError) {
        payloadBytes += payload?.text.utf8.count ?? 0
        guard payloadBytes <= CollectionLimits.payloadBytesPerAnswer else {
            throw .invalid(
                field: field,
                reason:
                    "asks for payloads of more than \(CollectionLimits.payloadBytesPerAnswer) bytes together")
        }
    }
}
