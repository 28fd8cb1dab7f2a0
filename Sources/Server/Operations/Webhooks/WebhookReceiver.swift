import Foundation

/// Takes deliveries of webhooks: checks who sent one, and remembers what it names.
public struct WebhookReceiver: Sendable {
    /// Why a delivery is refused.
    public enum Refusal: Error, Equatable, Sendable {
        /// Neither a signature nor a secret came along.
        case unsigned
        case wrongSignature
        case malformed
    }

    /// The last part of the route: `POST /v1/webhooks/{name}`.
    public let name: String
    let receive: @Sendable (_ body: Data, _ header: (String) -> String?) async throws -> Int

    /// - Parameter receive: is given the body byte for byte and the headers by name. Returns how many things are
    ///   remembered, which outlive the process by then; throws ``Refusal``, or what keeps it from remembering.
    public init(
        name: String,
        receive: @escaping @Sendable (_ body: Data, _ header: (String) -> String?) async throws -> Int
    ) {
        self.name = name
        self.receive = receive
    }
}
