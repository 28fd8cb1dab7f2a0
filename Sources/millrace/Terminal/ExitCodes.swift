import ArgumentParser

extension ExitCode {
    /// Some documents failed; the rest is stored.
    static let someFailed = ExitCode(3)
    /// Nothing was found, or nothing answers.
    static let nothingFound = ExitCode(4)
    static let interrupted = ExitCode(130)
}

/// Something that the command line alone can tell is wrong.
struct CommandError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
