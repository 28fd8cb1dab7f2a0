extension Keys {
    /// How indexes of a database that several processes share come to another machine.
    struct Index: Sendable {
        let snapshots = Setting<String?>(
            "index.snapshots",
            "where snapshots of the indexes are published and fetched, so that a new process need not build its own: a folder, or s3://BUCKET/PREFIX"
        )
        let snapshotMinutes = Setting<Int>(
            "index.snapshot_minutes", 30, in: 0...10_080,
            "minutes between two snapshots, whichever process publishes them; 0 for none but those of `millrace index publish`"
        )
        let snapshotChanges = Setting<Int>(
            "index.snapshot_changes", 1_000, in: 1...1_000_000_000,
            "changes of passages before another snapshot is published")
    }
}
