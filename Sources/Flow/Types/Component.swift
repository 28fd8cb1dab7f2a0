/// One step of a flow: reads typed inputs, makes typed outputs.
///
/// A component is made once for each place of a flow that names it, and may run many times at once; it keeps no
/// state between runs. What it needs from outside comes through its initializer, from the closure that registers
/// it. It gets no service that it did not ask for, and no way to change who the caller is.
public protocol Component: Sendable {
    /// The name by which flows call it.
    static var type: String { get }
    /// One sentence for whoever edits a flow.
    static var summary: String { get }

    /// Reads inputs and parameters of `step` and sets its outputs.
    ///
    /// Everything that ``Declaration/output(_:_:as:)`` declared must be sent before it returns.
    func run(_ step: Step) async throws
}

/// A component that never waits: arithmetic on what is there, a choice, a template.
///
/// It runs where its last input arrived, even beside others: no task is made for it.
public protocol ImmediateComponent: Component {
    /// ``Component/run(_:)`` without waiting.
    func compute(_ step: Step) throws
}

extension ImmediateComponent {
    public func run(_ step: Step) async throws { try compute(step) }
}

/// A component that a catalogue has.
public struct ComponentType: Sendable {
    public let name: String
    public let summary: String
    public let category: ComponentCategory
    let make: @Sendable (inout Declaration) -> any Component

    /// Its ports, parameters and bodies with all parameters at their standard values.
    public var declaration: Declaration {
        var declaration = Declaration()
        _ = make(&declaration)
        return declaration
    }
}
