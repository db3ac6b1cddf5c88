package org.iommu4j.tck.stage;

import java.util.Optional;

/** Ways to put another driver in the place of the one in charge, where the surroundings have any. */
public interface DriverExchange {
    /** There is no way. */
    DriverExchange NONE = new DriverExchange() {
        @Override
        public Optional<Runnable> restart() {
            return Optional.empty();
        }

        @Override
        public Optional<Runnable> swap() {
            return Optional.empty();
        }
    };

    /** The driver goes and then comes back: for a moment there is none. Returns when it is in charge again. */
    Optional<Runnable> restart();

    /** A successor is put beside the driver and takes over from it. Returns when it is in charge. */
    Optional<Runnable> swap();
}
