/// A blob that is not what was stored, as its store finds out when it is read. Reading it again does not help.
public struct DamagedBlob: Error, Hashable, Sendable {
    /// Where it lies: `s3://bucket/prefix/key`.
    public var place: String
    /// The name of the setting that says so; `nil` where none does.
    public var setting: String?
    /// What is wrong with it, as a part of a sentence.
    public var reason: String

    public init(place: String, setting: String?, reason: String) {
        self.place = place
        self.setting = setting
        self.reason = reason
    }
}

extension DamagedBlob: CustomStringConvertible {
    public var description: String {
        """
        \(place)\(setting.map { " (\($0))" } ?? "") is damaged: \(reason). It cannot be used; put back what was \
        there, or remove it.
        """
    }
}
