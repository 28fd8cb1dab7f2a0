import Foundation

/// Something that is kept sealed, whoever's it is.
public struct SealedValue: Sendable, Hashable {
    /// What has it.
    public enum Kind: String, Sendable, CaseIterable {
        case variable, source, webhook
        /// What a webhook's secret replaced, and signs for a while still.
        case previousWebhook
    }

    public var kind: Kind
    /// Of what has it.
    public var id: String
    /// Whom it was sealed for.
    public var owner: Owner
    /// A variable's name; of the others what ``id`` is.
    public var name: String
    public var value: Data

    public init(kind: Kind, id: String, owner: Owner, name: String, value: Data) {
        self.kind = kind
        self.id = id
        self.owner = owner
        self.name = name
        self.value = value
    }

    /// What it was sealed under.
    var sealedName: String {
        switch kind {
        case .variable, .source: name
        case .webhook, .previousWebhook: VariableSeal.name(ofWebhook: id)
        }
    }
}

/// Lists what is kept sealed and puts newer seals in the place of older ones, for whoever exchanges keys.
public protocol SealedValueStore: Sendable {
    /// Values of a kind that do not begin with `mark`, in an order of the store's.
    ///
    /// - Parameters:
    ///   - mark: what values begin with that need nothing: ``VariableSeal/mark``.
    ///   - last: the one that the list goes on behind.
    func sealedValues(
        _ kind: SealedValue.Kind, without mark: Data, after last: SealedValue?, limit: Int
    ) async throws(WorkspaceError) -> [SealedValue]

    /// Puts `new` in the place of a value, unless something else is there by now. Nothing else changes, no revision and no
    /// time: what it says is the same.
    ///
    /// - Returns: whether it did.
    /// - Throws: ``WorkspaceError/unsealed(variable:)`` where no ``VariableSeal`` has sealed it.
    func replace(_ value: SealedValue, with new: Data) async throws(WorkspaceError) -> Bool
}
