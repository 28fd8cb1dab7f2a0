import Components
import Flow
import Foundation

extension ComponentCatalog {
    /// The conversions, and the components that need nothing but a clock: dialogue, texts and control.
    static func plain(now: Date = Date(timeIntervalSince1970: 1_772_373_909)) -> ComponentCatalog {
        var catalog = ComponentCatalog()
        catalog.addConversions()
        catalog.addDialogueComponents()
        catalog.addTextComponents { now }
        catalog.addControlComponents()
        return catalog
    }
}
