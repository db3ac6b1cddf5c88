package org.iommu4j.exam;

import static org.junit.Assert.assertEquals;

import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Clients first, then the driver, the machines and core: the order that would break whatever relies on one. */
@RunWith(PaxExam.class)
public class StartIT {
    @Inject
    private BundleContext context;
    @Inject
    private ServiceComponentRuntime components;

    @Configuration
    public Option[] container() {
        return new Option[] {Provision.platform(),
                Provision.system("shell", "replay", "vtd-driver", "hw-sim", "core", "core-api")};
    }

    @Test
    public void everyBundleRuns() {
        List<String> idle = new ArrayList<>();
        for (Bundle bundle : ours()) {
            if (bundle.getState() != Bundle.ACTIVE) {
                idle.add(bundle.getSymbolicName() + " in state " + bundle.getState());
            }
        }
        assertEquals(List.of(), idle);
        assertEquals("core-api, core, driver, machines, replay and shell", 6, ours().size());
    }

    @Test
    public void everyComponentIsSatisfiedUnlessItAwaitsAConfiguration() {
        List<String> lacking = new ArrayList<>();
        for (Bundle bundle : ours()) {
            for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
                for (ComponentConfigurationDTO instance : components.getComponentConfigurationDTOs(component)) {
                    lacking.addAll(Complaints.of(component, instance));
                }
            }
        }
        assertEquals(List.of(), lacking);
    }

    private List<Bundle> ours() {
        List<Bundle> bundles = new ArrayList<>();
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().startsWith("org.iommu4j.")) {
                bundles.add(bundle);
            }
        }
        return bundles;
    }
}
