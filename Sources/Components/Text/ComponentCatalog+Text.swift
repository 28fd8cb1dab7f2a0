import Flow
import Foundation

extension ComponentCatalog {
    /// What makes texts, cuts them and turns values into them.
    ///
    /// - Parameter now: the wall clock.
    public mutating func addTextComponents(now: @escaping @Sendable () -> Date = { Date() }) {
        register(PromptTemplate.self, in: .text) { PromptTemplate(&$0) }
        register(Parser.self, in: .text) { Parser(&$0) }
        register(SplitText.self, in: .text) { SplitText(&$0) }
        register(CombineText.self, in: .text) { CombineText(&$0) }
        register(TextOperations.self, in: .text) { TextOperations(&$0) }
        register(RegexExtract.self, in: .text) { RegexExtract(&$0) }
        register(TypeConvert.self, in: .text) { TypeConvert(&$0) }
        register(CurrentDate.self, in: .text) { CurrentDate(&$0, now: now) }
        addCalculator()
    }
}
