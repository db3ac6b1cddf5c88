package org.iommu4j.core.unit;

/**
 * Makes core's threads: they do not keep the process alive, and their context class loader is core's, so that they pin
 * neither the bundle that happened to cause them nor one whose code they run.
 */
public final class CoreThread {
    private CoreThread() {
    }

    /** Not started yet. */
    public static Thread of(String name, Runnable task) {
        Thread thread = new Thread(task, "iommu4j " + name);
        thread.setDaemon(true);
        thread.setContextClassLoader(CoreThread.class.getClassLoader());
        return thread;
    }
}
