import HTTPTypes
import Synchronization

/// Headers that a request's admission adds to whatever response it gets.
final class AdmissionHeaders: Sendable {
    private let fields = Mutex<HTTPFields>([:])

    func set(_ name: HTTPField.Name, _ value: String) {
        fields.withLock { $0[name] = value }
    }

    func add(to headers: inout HTTPFields) {
        for field in fields.withLock({ $0 }) { headers[field.name] = field.value }
    }
}
