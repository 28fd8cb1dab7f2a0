import Corpus

extension IngestJobs {
    /// Refuses what ``submit(upload:named:readers:isDryRun:by:for:)`` refuses of a file before it has read any of it.
    public func check(uploadNamed name: String, readers: AccessRule?) throws(IngestJobError) {
        _ = try UploadSource.fileName(name, readers: readers)
    }
}
