package org.iommu4j.hwsim.machine;

/** Where devices and IOMMU models send their interrupts. Any thread; allocates nothing, never blocks. */
public interface MessageSink {
    /**
     * A posted 32-bit write that is an interrupt message. One whose address or data names no interrupt of the machine
     * is counted and dropped.
     *
     * @param address 64-bit bus address
     * @param data vector and delivery, as the machine's interrupt architecture lays them out
     * @return false if nothing of the machine answers at that address
     */
    boolean message(long address, int data);

    /**
     * A pulse on a wired interrupt. Where nobody is at the other end, it is lost.
     *
     * @param line its number, as firmware tables give it
     */
    default void pulse(int line) {
    }
}
