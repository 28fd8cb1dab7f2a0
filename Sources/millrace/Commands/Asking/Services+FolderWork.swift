import ArgumentParser
import Corpus
import QA

extension Services {
    /// Does work over the data folder; where another process serves that, there.
    ///
    /// - Returns: the exit code.
    /// - Throws: ``Corpus/CorpusError/folderInUse(path:processID:)`` where the process that has the folder takes no
    ///   questions.
    func status<Work: FolderWork>(
        of work: Work, say: @escaping @Sendable (Work.Part) async throws -> Void
    ) async throws -> Int32 {
        do {
            try work.open(self)
        } catch let error as CorpusError {
            guard case .folderInUse(_, let processID) = error else { throw error }
            let point = ServedQuestions(root: root ?? self)
            let asked = AskedWork(work.asked, self)
            let status = try await Interruption.cancelling {
                try await point.status(of: work, asked, holder: processID, say: say)
            }
            guard let status else { throw error }
            return status
        }
        try await work.check(self)
        // Opened before signals are listened to: the first Ctrl-C ends it.
        _ = try await questionAnswering()
        return try await Interruption.cancelling { try await work.status(in: self, say: say) }
    }

    /// Does work over the data folder, and prints what comes of it as it comes.
    ///
    /// - Throws: the exit code, unless all is well; as ``status(of:say:)``.
    func show<Work: FolderWork>(_ work: Work) async throws where Work.Part == PrintedText {
        let status = try await status(of: work) { $0.show() }
        if status != 0 { throw ExitCode(status) }
    }
}
