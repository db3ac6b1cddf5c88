package org.iommu4j.system.doubles;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.iommu4j.api.DomainFlag;
import org.iommu4j.api.driver.AttachMethod;
import org.iommu4j.api.driver.DriverDomain;
import org.iommu4j.api.driver.DriverUnit;
import org.iommu4j.api.driver.Gather;
import org.iommu4j.api.driver.IommuDriver;
import org.iommu4j.api.driver.Unit;
import org.iommu4j.api.machine.PageAllocator;
import org.iommu4j.api.machine.TablePool;

/** A driver that frees the tables that an unmap has unlinked before it invalidates and waits. */
public final class EarlyFree {
    private static final int FRAME_LG2 = 12;

    /** Frames that the real driver has yet to free, and that are free already. */
    private final Set<Long> gone = ConcurrentHashMap.newKeySet();
    private volatile PageAllocator frames;

    private EarlyFree() {
    }

    public static IommuDriver driver(IommuDriver real) {
        EarlyFree defect = new EarlyFree();
        return new DriverDouble(real, defect::ports, defect::unit);
    }

    private Unit ports(Unit real) {
        frames = real.frames();
        return PortsDouble.frames(unit -> new Frames()).apply(real);
    }

    private DriverUnit unit(DriverUnit real) {
        return new UnitDouble(real) {
            @Override
            public DriverDomain allocate(long id, Set<DomainFlag> flags) {
                return new HastyDomain(real.allocate(id, flags));
            }

            @Override
            public AttachMethod attach(int requester, DriverDomain domain) {
                return real.attach(requester, domain instanceof HastyDomain hasty ? hasty.real : domain);
            }
        };
    }

    /** The frames as the real driver sees them. */
    private final class Frames implements PageAllocator {
        @Override
        public void free(long pa, int sizeLg2) {
            if (!gone.remove(pa)) {
                frames.free(pa, sizeLg2);
            }
        }

        @Override
        public String owner() {
            return frames.owner();
        }

        @Override
        public long allocate(int sizeLg2) {
            return frames.allocate(sizeLg2);
        }

        @Override
        public long held() {
            return frames.held();
        }

        @Override
        public TablePool pool() {
            return frames.pool();
        }
    }

    /** A domain as core sees it. */
    private final class HastyDomain implements DriverDomain {
        private final DriverDomain real;

        HastyDomain(DriverDomain real) {
            this.real = real;
        }

        @Override
        public void sync(Gather gather) {
            for (int i = 0; i < gather.tableCount(); i++) {
                gone.add(gather.table(i));
                frames.free(gather.table(i), FRAME_LG2);
            }
            real.sync(gather);
        }

        @Override
        public long id() {
            return real.id();
        }

        @Override
        public long lastIova() {
            return real.lastIova();
        }

        @Override
        public long pageSizes() {
            return real.pageSizes();
        }

        @Override
        public void map(long iova, long pa, long length, int protection, Gather gather) {
            real.map(iova, pa, length, protection, gather);
        }

        @Override
        public long unmap(long iova, long length, Gather gather) {
            return real.unmap(iova, length, gather);
        }

        @Override
        public long translate(long iova) {
            return real.translate(iova);
        }

        @Override
        public void free() {
            real.free();
        }
    }
}
