"""Pretrained networks, layer by layer as `keras.applications` builds them, each family in a file of its own."""

from core.architectures.backbones.convnext import CONVNEXT_TINY
from core.architectures.backbones.densenet import DENSENET_121
from core.architectures.backbones.efficientnet import EFFICIENTNET_V2_B0
from core.architectures.backbones.inception import INCEPTION_V3
from core.architectures.backbones.mobilenet import MOBILENET_V2, MOBILENETS
from core.architectures.backbones.resnet import RESNETS
from core.architectures.backbones.vgg import VGG16, VGG16_FC7

BACKBONES = (
    *(*MOBILENETS, MOBILENET_V2, VGG16, VGG16_FC7, INCEPTION_V3, *RESNETS),
    *(DENSENET_121, EFFICIENTNET_V2_B0, CONVNEXT_TINY),
)
