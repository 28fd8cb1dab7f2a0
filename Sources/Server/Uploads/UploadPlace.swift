import Concurrency
import Foundation
import Workspace

/// Where unfinished uploads lie, and what is known of them: a folder of this process, or where all processes see them.
protocol UploadPlace: Sendable {
    /// Makes an upload, if `admits` throws nothing for the owner's others that have not ended and the number of
    /// everybody's.
    func create(
        _ upload: UploadRecord, admits: @escaping @Sendable ([UploadRecord], _ all: Int) throws -> Void
    ) async throws

    /// What is known of an owner's upload; `nil` for one that is not there.
    func load(_ id: String, of owner: Owner) async throws -> UploadRecord?

    /// An owner's uploads that have not ended.
    func unfinished(of owner: Owner) async throws -> [UploadRecord]

    /// Drops an upload, with whatever is known of it.
    func remove(_ upload: UploadRecord) async

    /// The right to go on with an upload, which one request of all processes has at a time.
    ///
    /// - Throws: ``UploadFault/inUse`` when another process has it, or has changed the upload since it was loaded.
    func open(_ upload: UploadRecord) async throws -> any UploadHold

    /// Ends what another process appends to an upload: nothing that it brings from now on counts.
    ///
    /// - Returns: `false` when another process works on the whole, which is left to its end.
    func interrupt(_ upload: UploadRecord) async throws -> Bool

    /// All bytes of an upload, read as they are asked for.
    func pieces(of upload: UploadRecord) -> PulledSequence<Data>

    /// Forgets the oldest of an owner's uploads that have ended, but for so many.
    func forgetEnded(of owner: Owner, besides kept: Int) async

    /// Removes uploads whose time is over, and remains of processes that ended in between.
    ///
    /// - Parameters:
    ///   - kept: for which an upload is kept at least after it was last written to.
    ///   - isLive: whether this process is at one.
    /// - Returns: the uploads.
    func sweep(
        at time: Date, kept: Duration, isLive: @Sendable (String) -> Bool
    ) async throws -> [UploadRecord]
}

/// The right to go on with one upload. One task uses it.
protocol UploadHold: Sendable {
    func append(_ piece: Data) async throws

    /// Whether what came is to be settled although it is little.
    var isDue: Bool { get async }

    /// Makes what was appended outlive a power cut, and then says so in the record.
    ///
    /// - Parameter isLast: whether nothing more is done with the hold.
    func settle(_ upload: inout UploadRecord, isLast: Bool) async throws

    /// Says that all has come: nobody ends the hold any more but its own process.
    func beginCompletion() async throws

    /// Keeps what became of the upload in place of its bytes, for good.
    func end(_ upload: UploadRecord) async

    /// Gives the right back, whatever was done with it.
    func release() async
}
