import Flow
import Foundation

extension ComponentCatalog {
    /// What makes texts, cuts them and turns values into them.
    ///
    /// - Parameter now: the wall clock.
    public mutating func addTextComponents(now: @escaping @Sendable () -> Date = { Date() }) {
        register(PromptTemplate.self) { PromptTemplate(&$0) }
        register(Parser.self) { Parser(&$0) }
        register(SplitText.self) { SplitText(&$0) }
        register(CombineText.self) { CombineText(&$0) }
        register(TypeConvert.self) { TypeConvert(&$0) }
        register(CurrentDate.self) { CurrentDate(&$0, now: now) }
        addCalculator()
    }
}
