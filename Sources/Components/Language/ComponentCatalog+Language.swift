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
        register(LanguageModel.self, in: .language) { LanguageModel(&$0, models: models) }
        register(Agent.self, in: .language) { Agent(&$0, models: models, now: now) }
        register(StructuredOutput.self, in: .language) { StructuredOutput(&$0, models: models) }
        register(BatchRun.self, in: .language) { BatchRun(&$0, models: models) }
        register(Router.self, in: .language) { Router(&$0, models: models) }
        register(MultiQuery.self, in: .language) { MultiQuery(&$0, models: models) }
        register(HyDE.self, in: .language) { HyDE(&$0, models: models) }
        register(Memory.self, in: .language) { Memory(&$0) }
        register(Guardrail.self, in: .language) { Guardrail(&$0, check: check) }
    }
}
