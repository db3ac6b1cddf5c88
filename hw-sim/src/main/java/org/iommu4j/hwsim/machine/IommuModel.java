package org.iommu4j.hwsim.machine;

import java.util.Map;
import org.iommu4j.api.machine.RegisterSpace;

/**
 * One register-level IOMMU on the board. Built at power on and dropped at power off; its registers then have their
 * reset values and its caches are empty.
 */
public interface IommuModel {
    /** Its registers on the physical address map; any thread. */
    RegisterSpace registers();

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
     * Stops whatever the model runs, while device threads may still be in their last burst: a transaction that the
     * model holds back ends as an abort. Idempotent.
     */
    void powerOff();
}
