import Confluence
import Foundation
import Ingest

extension Services {
    /// How much of a Confluence is read, as the settings say.
    func confluenceScope() -> ConfluenceScope {
        var scope = ConfluenceScope()
        scope.spaces = settings[\.confluence.spaces]
        scope.excludedSpaces = settings[\.confluence.excludedSpaces]
        scope.spaceTypes = settings[\.confluence.spaceTypes]
        scope.trees = settings[\.confluence.pages]
        scope.excludedTrees = settings[\.confluence.excludedPages]
        scope.labels = Set(settings[\.confluence.labels])
        scope.excludedLabels = Set(settings[\.confluence.excludedLabels])
        scope.cql = settings[\.confluence.cql]
        scope.createdSince = settings[\.confluence.createdSince]
        scope.createdBefore = settings[\.confluence.createdBefore]
        scope.updatedSince = settings[\.confluence.updatedSince]
        scope.updatedBefore = settings[\.confluence.updatedBefore]
        scope.includesArchived = settings[\.confluence.includesArchived]
        scope.kinds = settings[\.confluence.kinds]
        return scope
    }
}
