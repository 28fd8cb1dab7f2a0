/// Is told of every step that ends, whatever run it belongs to and whoever reads that run's trace.
public protocol StepObserver: Sendable {
    /// Called by the step's own task, before anything that follows from it begins: it must not wait.
    func ended(_ step: StepTrace)
}
