import Flow
import Foundation
import Models

extension ComponentCatalog {
    /// What language models do in flows, and what guards them.
    ///
    /// - Parameters:
    ///   - models: those that flows may name.
    ///   - check: looks at texts for ``Guardrail``; `nil` where none is configured.
    ///   - now: tells agents the date.
    public mutating func addLanguageComponents(
        models: LanguageModels, check: (any TextCheck)? = nil,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        register(LanguageModel.self) { LanguageModel(&$0, models: models) }
        register(Agent.self) { Agent(&$0, models: models, now: now) }
        register(StructuredOutput.self) { StructuredOutput(&$0, models: models) }
        register(BatchRun.self) { BatchRun(&$0, models: models) }
        register(Router.self) { Router(&$0, models: models) }
        register(MultiQuery.self) { MultiQuery(&$0, models: models) }
        register(HyDE.self) { HyDE(&$0, models: models) }
        register(Memory.self) { Memory(&$0) }
        register(Guardrail.self) { Guardrail(&$0, check: check) }
    }
}
