package main

import (
	"fmt"

	validate "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// The node id of a gateway is the name of its pod, which is 17 characters longer than that of the Deployment.
const longestNodeID, podSuffix = 40, 17

// CheckNames checks the names, labels and namespaces of the objects.
func CheckNames(objects *Objects) []error {
	var faults []error
	for _, object := range objects.All {
		for _, fault := range validation.IsDNS1123Subdomain(object.GetName()) {
			faults = append(faults, fmt.Errorf("name %q: %s", object.GetName(), fault))
		}
		for _, fault := range validate.ValidateLabels(object.GetLabels(), field.NewPath(object.GetName(), "labels")) {
			faults = append(faults, fault)
		}
	}
	for _, service := range objects.Services {
		for _, fault := range validation.IsDNS1035Label(service.Name) {
			faults = append(faults, fmt.Errorf("Service %q: %s", service.Name, fault))
		}
	}
	for _, deployment := range objects.Deployments {
		if len(deployment.Name)+podSuffix > longestNodeID {
			faults = append(faults, fmt.Errorf("Deployment %q: its pods' names do not fit into a node id", deployment.Name))
		}
	}
	return faults
}
