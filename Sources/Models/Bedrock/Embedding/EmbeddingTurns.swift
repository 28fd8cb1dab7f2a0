import Transport

/// The turns of one call's attempts, whoever makes them.
///
/// A throttled attempt is told to the pace, and sent again or not, by the embedder alone: retries below it would ask again
/// before the gate opens.
struct EmbeddingTurns: AWSCallPace {
    let pace: EmbeddingPace
    /// What an attempt takes, as far as it can be told beforehand.
    let tokens: Int
    let modelID: String

    func turn() async throws(AWSError) {
        do {
            try await pace.turn(tokens: tokens)
        } catch {
            throw .transport(.cancelled)
        }
    }

    func decides(on error: AWSError) -> Bool { BedrockError(error, modelID: modelID).isThrottling }
}
