import Corpus

/// What a dry run says instead of doing it.
extension IngestRun {
    func plan(_ document: PreparedDocument) {
        if document.isNew { report.pages.added += 1 } else { report.pages.updated += 1 }
        report.chunks.added += document.chunks.count
        report.plan(
            IngestReport.PlannedChange(
                id: document.document.id, title: document.document.title,
                change: document.isNew ? .added : .updated, space: document.document.spaceKey))
    }

    func plan(_ change: IngestReport.PlannedChange.Change, _ ids: [String]) async {
        let titles = (try? await pipeline.store.titles(ofDocuments: ids)) ?? [:]
        if change == .moved { movedCount += ids.count }
        for id in ids {
            report.plan(
                IngestReport.PlannedChange(
                    id: id, title: titles[id] ?? "", change: change, space: countedSpace))
        }
    }
}
