import Foundation
import Workspace

/// How a source is read.
struct SourceOptionsDocument: ResponseDocument {
    var spaceTypes: [String]
    var pages: [String]
    var excludePages: [String]
    var labels: [String]
    var excludeLabels: [String]
    @Nullable var cql: String?
    @Nullable var createdSince: Date?
    @Nullable var createdBefore: Date?
    @Nullable var updatedSince: Date?
    @Nullable var updatedBefore: Date?
    var kinds: [String]
    var archived: Bool
    var groupMembers: Bool
    var renderedMacros: String
    var concurrency: Int
    var pageSize: Int
    var fullSyncEvery: Int

    init(_ options: SourceOptions) {
        spaceTypes = options.spaceTypes
        pages = options.pages
        excludePages = options.excludedPages
        labels = options.labels
        excludeLabels = options.excludedLabels
        _cql = Nullable(wrappedValue: options.cql)
        _createdSince = Nullable(wrappedValue: options.createdSince)
        _createdBefore = Nullable(wrappedValue: options.createdBefore)
        _updatedSince = Nullable(wrappedValue: options.updatedSince)
        _updatedBefore = Nullable(wrappedValue: options.updatedBefore)
        kinds = options.kinds.isEmpty ? SourceOptionsBody.kinds : options.kinds
        archived = options.includesArchived
        groupMembers = options.readsGroupMembers
        renderedMacros = options.renderedMacros.rawValue
        concurrency = options.concurrency
        pageSize = options.pageSize
        fullSyncEvery = options.fullSyncEvery
    }

    static var schema: JSONSchema { .object(required: SourceOptionsBody.fields).named("SourceOptions") }
}
