package org.iommu4j.api.sva;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A process's memory as hardware sees it. Any thread.
 *
 * <p>Whoever walks {@link #table()}, or keeps in a cache what it got from there, registers a notifier first and walks
 * nothing after its {@link AddressSpaceNotifier#release()}.
 */
@ProviderType
public interface AddressSpace {
    /** The process's number: 1 and up, unique on its machine for as long as this bundle runs. */
    int id();

    /** The machine in whose memory the table lies. */
    String machine();

    /** The same for the whole life of the process; it lies in memory until the notifiers have been released. */
    CpuPageTable table();

    /**
     * Does what is needed for an access: brings a page in, or gives the process its own copy of one. The access itself
     * is the caller's to repeat; the page may have been taken away again until then, so that it faults once more. The
     * accessed bit, and for writing the dirty bit, are set on the way, so that units that cannot set them are served
     * too. Waits for other changes of the same process, and for the notifiers that these have to call.
     *
     * @param address any; only unprivileged accesses exist here
     * @param access {@link Access} bits, at least one
     */
    FaultResult handleFault(long address, int access);

    /**
     * From the return of this call on, the notifier is told of every change. It is told of none that was complete
     * before; so who registers first and walks then has nothing stale.
     *
     * @throws org.iommu4j.api.IommuException NO_DEVICE if the process has ended, EXISTS if it is registered already
     */
    void register(AddressSpaceNotifier notifier);

    /**
     * From the return of this call on, the notifier is not called any more. Whoever leaves has invalidated its caches
     * before. Nothing happens if it is not registered, or the process has ended.
     */
    void unregister(AddressSpaceNotifier notifier);

    /** True from the moment on at which faults are answered by {@link FaultResult#EXITED}. */
    boolean hasExited();
}
