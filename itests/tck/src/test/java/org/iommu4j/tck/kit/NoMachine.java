package org.iommu4j.tck.kit;

import java.lang.reflect.Proxy;
import java.util.List;
import org.iommu4j.api.DomainOps;
import org.iommu4j.api.IommuOps;
import org.iommu4j.api.dma.DmaOps;
import org.iommu4j.api.machine.MachineMemory;
import org.iommu4j.api.status.UnitStatus;
import org.iommu4j.tck.stage.Bench;
import org.iommu4j.tck.stage.DriverExchange;

/** Services of a machine without devices. */
final class NoMachine {
    Bench bench() {
        return new Bench(empty(IommuOps.class), empty(DomainOps.class), empty(DmaOps.class),
                empty(MachineMemory.class), empty(UnitStatus.class), DriverExchange.NONE);
    }

    /** Lists are empty, everything else is null. */
    private static <T> T empty(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> method.getReturnType() == List.class ? List.of() : null));
    }
}
