/// Why the process that serves a data folder does not do what a command asks of it.
enum ServedFolderError: Error, Hashable, CustomStringConvertible {
    /// It gave no sign of life for so many seconds.
    case silent(folder: String, processID: Int32?, seconds: Double)

    var description: String {
        switch self {
        case .silent(let folder, let processID?, let seconds):
            """
            Process \(processID), which serves the data folder \(folder), has given no sign of life for \
            \(Self.number(seconds)) s: it is stopped, or hangs. `kill -CONT \(processID)` has a stopped one go on. Else \
            end it with `kill \(processID)`, or `kill -KILL \(processID)` where that does nothing, and ask again: \
            nothing that is stored is lost.
            """
        case .silent(let folder, nil, let seconds):
            """
            The process that serves the data folder \(folder) has given no sign of life for \(Self.number(seconds)) s: \
            it is stopped, or hangs. Have it go on, or end it, and ask again: nothing that is stored is lost.
            """
        }
    }

    /// Without a fraction where there is none.
    private static func number(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
