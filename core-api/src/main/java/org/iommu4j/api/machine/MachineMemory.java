package org.iommu4j.api.machine;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Memory for clients that play software on a machine; a service a machine, property {@code machine}. Any thread.
 */
@ProviderType
public interface MachineMemory {
    /**
     * Service property: what processors the machine has, as firmware tables tell, {@link #X86_64} or {@link #AARCH64}.
     */
    String PROCESSOR = "processor";
    /** Value of {@link #PROCESSOR}. */
    String X86_64 = "x86_64";
    /** Value of {@link #PROCESSOR}: the machine has an IORT, which only Arm's have. */
    String AARCH64 = "aarch64";

    String machine();

    /** All of the machine's RAM. */
    PhysicalMemory memory();

    /**
     * Frames of the machine's pool for one client; closing the client's last use does not free them, the client does.
     *
     * @param owner shown by the shell
     * @param quota in bytes
     */
    PageAllocator allocator(String owner, long quota);

    /** The owner of a frame of the pool, or null if it is free or outside the pool. */
    String ownerOf(long pa);
}
