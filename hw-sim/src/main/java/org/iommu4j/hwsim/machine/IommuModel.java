package org.iommu4j.hwsim.machine;

import java.util.Map;
import org.iommu4j.api.machine.RegisterSpace;
import org.iommu4j.hwsim.pci.ConfigurationSpace;

/**
 * One register-level IOMMU on the board. Built at power on and dropped at power off; its registers then have their
 * reset values and its caches are empty.
 */
public interface IommuModel {
    /** Its registers on the physical address map; any thread. */
    RegisterSpace registers();

    /**
     * The unit has a PCI function of its own: writes its capabilities there, and takes its interrupt from there. Called
     * at power on, before anything runs; does nothing where the architecture has no such function.
     */
    default void attach(ConfigurationSpace function) {
    }

    /** A translation port for one device thread; it is not thread-safe. Called at power on, once a thread. */
    Requester requester();

    /** Adds its counters since power on, named {@code unit.cache.event}, for example {@code dmar0.iotlb.hits}. */
    void counters(Map<String, Long> into);

    /**
     * Puts a step between any two fetches of one table entry, and between the levels of a walk, on the device thread
     * that fetches: a test lets software store there, or lets another thread run. The step neither translates nor
     * waits for a drain.
     *
     * @param step null for none, as it is at first
     */
    void preemptBetweenFetches(Runnable step);

    /**
     * Power is going off: transactions that the model holds back end as aborts, and it holds none from now on, so that
     * every device thread comes to the end of its burst. Idempotent.
     */
    default void release() {
        // Most models hold nothing back.
    }

    /** Stops whatever the model runs; no requester is inside an interval any more. Idempotent. */
    void powerOff();
}
